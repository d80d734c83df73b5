#include "counter_ledger.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

namespace stint {

class counter_ledger::book {
public:
    void open(live_counters const& tally) {
        auto const hold = std::lock_guard(mutex_);
        open_.push_back(&tally);
    }

    void close(live_counters const& tally) noexcept {
        auto const hold = std::lock_guard(mutex_);
        closed_ += tally.read();
        open_.erase(std::find(open_.begin(), open_.end(), &tally));
    }

    counters read() const noexcept {
        auto const hold = std::lock_guard(mutex_);
        auto       sum = closed_;
        for (auto const* tally : open_) sum += tally->read();
        return sum;
    }

private:
    mutable std::mutex                mutex_;
    counters                          closed_{};
    std::vector<live_counters const*> open_;
};

counter_ledger::counter_ledger() : book_(std::make_shared<book>()) {}

std::shared_ptr<live_counters> counter_ledger::open() {
    auto fresh = std::make_unique<live_counters>();
    book_->open(*fresh);
    return {fresh.release(), [book = book_](live_counters* ended) {
                book->close(*ended);
                delete ended;
            }};
}

counters counter_ledger::read() const noexcept {
    return book_->read();
}

}  // namespace stint
