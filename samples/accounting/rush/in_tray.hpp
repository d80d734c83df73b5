// in_tray: the documents of a worker. Its clerks take one after the other, until they are stopped.
//
// Shared by all of its clerks.
#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "books.hpp"

namespace accounting {

class in_tray {
public:
    explicit in_tray(std::vector<document_id> documents) : documents_(std::move(documents)) {}

    /// None when there are no more, or the clerks were stopped.
    document_id const* next() noexcept {
        if (stopped()) return nullptr;
        auto const taken = next_++;
        return taken < documents_.size() ? &documents_[taken] : nullptr;
    }
    void stop() noexcept { stopped_ = true; }
    bool stopped() const noexcept { return stopped_; }

private:
    std::vector<document_id> documents_;
    std::atomic<std::size_t> next_{0};
    std::atomic<bool>        stopped_{false};
};

}  // namespace accounting
