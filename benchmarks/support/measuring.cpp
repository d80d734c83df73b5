#include "support/measuring.hpp"

#include <iostream>
#include <utility>

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

namespace bench {

measuring::measuring(options given) : given_(std::move(given)), on_terminal_(::isatty(STDERR_FILENO) == 1) {
    print_head(std::cout);
}

bool measuring::wants(std::string const& name) {
    if (given_.filter && !std::regex_search(name, *given_.filter)) return false;
    show_progress(name);
    return true;
}

pace measuring::pace_for(std::chrono::duration<double> thorough, int at_least) const {
    return {.at_least = either(at_least, 3), .about = either(thorough, thorough / 8)};
}

void measuring::add(row one) {
    clear_progress();
    print_line(std::cout, one);
    rows_.push_back(std::move(one));
}

void measuring::note(std::string const& text) {
    clear_progress();
    std::cerr << "-- " << text << '\n';
}

void measuring::show_progress(std::string const& text) {
    using namespace std::chrono;
    auto const seconds_so_far = duration_cast<seconds>(steady_clock::now() - began_).count();
    auto const line = fmt::format("[{} min {:02} s, {} lines] {} ...", seconds_so_far / 60, seconds_so_far % 60,
                                  rows_.size(), text);
    if (on_terminal_) std::cerr << "\r\033[K" << line << std::flush;
    else std::cerr << line << '\n';
}

void measuring::clear_progress() {
    if (on_terminal_) std::cerr << "\r\033[K" << std::flush;
}

}  // namespace bench
