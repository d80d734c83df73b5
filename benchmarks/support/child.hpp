// child: another process, started with its standard output read from here.
#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace bench {

class child {
public:
    enum class errors { shown, hidden };

    /// Words are given to the program as they are.
    explicit child(std::vector<std::string> const& words, errors what_it_says_there = errors::shown);
    child(child const&) = delete;
    child& operator=(child const&) = delete;
    child(child&& other) noexcept : pipe_(std::exchange(other.pipe_, nullptr)) {}
    child& operator=(child&&) = delete;
    ~child();

    /// All that it says, to its end. Throws when it failed.
    std::string output();

private:
    std::FILE* pipe_;
};

/// This program's own file.
std::string own_program();

}  // namespace bench
