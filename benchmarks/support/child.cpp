#include "support/child.hpp"

#include <array>
#include <filesystem>
#include <stdexcept>

namespace bench {

namespace {

std::string quoted(std::string const& word) {
    std::string result = "'";
    for (char const c : word) {
        if (c == '\'') result += "'\\'";
        result += c;
    }
    return result += '\'';
}

}  // namespace

child::child(std::vector<std::string> const& words, errors what_it_says_there) {
    std::string command = "exec";
    for (auto const& word : words) command.append(" ").append(quoted(word));
    if (what_it_says_there == errors::hidden) command += " 2>/dev/null";
    pipe_ = ::popen(command.c_str(), "re");
    if (pipe_ == nullptr) throw std::runtime_error("can't start " + words.front());
}

child::~child() {
    if (pipe_ != nullptr) ::pclose(pipe_);
}

std::string child::output() {
    std::string            all;
    std::array<char, 4096> buffer{};
    while (auto const count = std::fread(buffer.data(), 1, buffer.size(), pipe_)) all.append(buffer.data(), count);
    if (::pclose(std::exchange(pipe_, nullptr)) != 0) throw std::runtime_error("another process failed");
    return all;
}

std::string own_program() {
    return std::filesystem::read_symlink("/proc/self/exe").string();
}

}  // namespace bench
