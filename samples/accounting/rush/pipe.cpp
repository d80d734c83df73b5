#include "pipe.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace accounting {

file_descriptor& file_descriptor::operator=(file_descriptor&& source) noexcept {
    close();
    number_ = std::exchange(source.number_, -1);
    return *this;
}

void file_descriptor::close() noexcept {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

pipe_ends make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "a pipe");
    return {file_descriptor{ends[0]}, file_descriptor{ends[1]}};
}

bool write_line(int descriptor, std::string_view line) {
    std::string text{line};
    text += '\n';
    for (std::string_view rest{text}; !rest.empty();) {
        auto const written = ::write(descriptor, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool line_reader::read(std::vector<std::string>& lines) {
    char       buffer[4096];
    auto const count = ::read(descriptor_, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) return false;

    rest_.append(buffer, static_cast<std::size_t>(count));
    std::size_t start = 0;
    for (std::size_t end; (end = rest_.find('\n', start)) != std::string::npos; start = end + 1)
        lines.push_back(rest_.substr(start, end - start));
    rest_.erase(0, start);
    return true;
}

}  // namespace accounting
