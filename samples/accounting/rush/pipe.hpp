// Pipes that carry lines of text between processes.
//
//     auto [read, write] = accounting::make_pipe();
//     accounting::write_line(write.number(), "done 0 0");
//
// Nothing here passes on to a program that is started, unless it is handed over.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accounting {

/// Closes it when it dies. Movable.
class file_descriptor {
public:
    file_descriptor() noexcept = default;
    explicit file_descriptor(int number) noexcept : number_(number) {}
    file_descriptor(file_descriptor&& source) noexcept : number_(std::exchange(source.number_, -1)) {}
    file_descriptor& operator=(file_descriptor&& source) noexcept;
    ~file_descriptor() { close(); }

    int  number() const noexcept { return number_; }
    void close() noexcept;

private:
    int number_ = -1;
};

struct pipe_ends {
    file_descriptor read;
    file_descriptor write;
};

/// Throws std::system_error.
pipe_ends make_pipe();

/// Writes a line. False when nobody reads it any more. Lines of up to 4 kB from several threads don't mix.
bool write_line(int descriptor, std::string_view line);

/// Cuts what comes out of a pipe into lines.
class line_reader {
public:
    explicit line_reader(int descriptor) noexcept : descriptor_(descriptor) {}

    /// Waits until something is there and appends the lines that are complete. False at the end.
    bool read(std::vector<std::string>& lines);

private:
    int         descriptor_;
    std::string rest_;
};

}  // namespace accounting
