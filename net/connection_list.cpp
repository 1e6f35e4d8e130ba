#include "net/connection_list.hpp"

#include "net/connection.hpp"

#include <utility>
#include <vector>

namespace switchboard::net {

void connection_list::on_left(std::function<void()> listener) {
  listener_ = std::move(listener);
}

void connection_list::enter(connection& one) {
  const std::lock_guard lock{mutex_};
  one.next_ = first_;
  if (first_ != nullptr)
    first_->previous_ = &one;
  first_ = &one;
  one.listed_ = true;
  ++size_;
}

void connection_list::leave(connection& one) {
  {
    const std::lock_guard lock{mutex_};
    if (!std::exchange(one.listed_, false))
      return;
    (one.previous_ != nullptr ? one.previous_->next_ : first_) = one.next_;
    if (one.next_ != nullptr)
      one.next_->previous_ = one.previous_;
    --size_;
  }
  if (listener_)
    listener_();
}

std::size_t connection_list::size() const {
  const std::lock_guard lock{mutex_};
  return size_;
}

void connection_list::for_each(
  const std::function<void(connection&)>& visit) const {
  std::vector<std::shared_ptr<connection>> all;
  {
    const std::lock_guard lock{mutex_};
    all.reserve(size_);
    for (auto* one = first_; one != nullptr; one = one->next_)
      if (auto alive = one->weak_from_this().lock())
        all.push_back(std::move(alive));
  }
  for (const auto& one : all)
    visit(*one);
}

} // namespace switchboard::net
