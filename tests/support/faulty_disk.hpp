// A disk under SQLite that fails when it is told to: SQLite's default file system (VFS) while this lives, on the real
// one.
#pragma once

#include <string>

/// Give up the connections that were opened meanwhile before it ends.
class faulty_disk {
public:
    faulty_disk();
    faulty_disk(faulty_disk const&) = delete;
    faulty_disk& operator=(faulty_disk const&) = delete;
    ~faulty_disk();

    /// From now on every sync, or write, of files whose names end like this fails with this errno; 0: none does.
    void fail_sync(std::string ending, int error);
    void fail_write(std::string ending, int error);
    /// The shared memory of a write-ahead log can't be had.
    void fail_index(int error);
    void mend();
};
