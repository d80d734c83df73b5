#include "progress.hpp"

#include <cstdio>

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

namespace accounting {

progress::progress(std::size_t total) : total_(total), on_terminal_(::isatty(STDERR_FILENO) == 1) {}

progress::~progress() {
    wipe();
}

std::chrono::milliseconds progress::interval() const noexcept {
    return std::chrono::milliseconds{on_terminal_ ? 100 : 1000};
}

void progress::show(std::size_t done, effort const& effort) {
    auto const now = clock::now();
    if (now - shown_ < interval()) return;
    shown_ = now;

    auto const seconds = std::chrono::duration<double>(now - start_).count();
    auto const text = fmt::format("{} of {} documents, {:.0f} a second, {}", done, total_,
                                  static_cast<double>(done) / seconds, in_words(effort));
    fmt::print(stderr, "{}{}", text, on_terminal_ ? "\033[K\r" : "\n");
    line_open_ = on_terminal_;
}

void progress::note(std::string const& text) {
    wipe();
    fmt::print(stderr, "{}\n", text);
}

void progress::wipe() noexcept {
    if (line_open_) std::fputs("\033[K", stderr);
    line_open_ = false;
}

}  // namespace accounting
