#pragma once

#include <csignal>

namespace switchboard::app {

/// SIGTERM and SIGINT as something to wait for. Made before the first thread,
/// so that every thread has them blocked; SIGPIPE is ignored.
class stop_signals {
public:
  stop_signals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }

  /// Returns the signal that came. A second one then ends the process at once.
  [[nodiscard]] int wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
    pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
    return signal;
  }

private:
  sigset_t set_{};
};

} // namespace switchboard::app
