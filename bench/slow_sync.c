// Makes every sync of a file slower: loaded with LD_PRELOAD, it waits
// SWITCHBOARD_SLOW_SYNC_US microseconds (1000 when that is not set, one second
// at most) before fsync, fdatasync and sync_file_range go to the disk. So a
// machine whose disk answers from its own cache shows what a slower one does.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { default_us = 1000, us_max = 1000000 };

static struct timespec delay = {.tv_sec = 0, .tv_nsec = default_us * 1000L};

__attribute__((constructor)) static void read_delay(void) {
  const char* text = getenv("SWITCHBOARD_SLOW_SYNC_US");
  if (text == NULL || *text == '\0')
    return;
  char* end = NULL;
  long us = strtol(text, &end, 10);
  if (*end != '\0' || us < 0)
    us = default_us;
  if (us > us_max)
    us = us_max;
  delay.tv_sec = us / 1000000;
  delay.tv_nsec = us % 1000000 * 1000;
}

static void wait_first(void) {
  struct timespec left = delay;
  while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
  }
}

int fsync(int fd) {
  wait_first();
  return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  wait_first();
  return (int)syscall(SYS_fdatasync, fd);
}

int sync_file_range(int fd, off64_t offset, off64_t count, unsigned flags) {
  wait_first();
  return (int)syscall(SYS_sync_file_range, fd, offset, count, flags);
}
