// progress: how far a load is, on standard error: one line that changes on a terminal, else a new line each second.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "clerk.hpp"

namespace accounting {

class progress {
public:
    explicit progress(std::size_t total);
    ~progress();
    progress(progress const&) = delete;
    progress& operator=(progress const&) = delete;

    /// How often it wants to be told.
    std::chrono::milliseconds interval() const noexcept;
    void                      show(std::size_t done, effort const& effort);
    /// Something that happened in between.
    void note(std::string const& text);

private:
    using clock = std::chrono::steady_clock;

    void wipe() noexcept;

    std::size_t       total_;
    bool              on_terminal_;
    bool              line_open_ = false;
    clock::time_point start_ = clock::now();
    clock::time_point shown_ = start_;
};

}  // namespace accounting
