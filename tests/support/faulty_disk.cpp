#include "faulty_disk.hpp"

#include <cerrno>
#include <cstring>
#include <string_view>

#include <sqlite3.h>

namespace {

struct fault {
    std::string ending{};
    int         error = 0;

    bool meets(std::string_view name) const { return error != 0 && name.ends_with(ending); }
};

struct {
    fault        sync{}, write{};
    int          index = 0;
    sqlite3_vfs* real = nullptr;
    sqlite3_vfs  vfs{};
} disk;

struct file {
    sqlite3_file base;
    char const*  name;  // lives as long as the file is open

    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

file& of(sqlite3_file* base) {
    return *reinterpret_cast<file*>(base);
}

sqlite3_file* real(sqlite3_file* base) {
    return of(base).real();
}

sqlite3_io_methods const& methods(sqlite3_file* base) {
    return *real(base)->pMethods;
}

std::string_view name(sqlite3_file* base) {
    return of(base).name != nullptr ? of(base).name : "";
}

int failed(int error, int code) {
    errno = error;
    return code;
}

int close(sqlite3_file* f) {
    return methods(f).xClose(real(f));
}
int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
    return methods(f).xRead(real(f), to, size, at);
}
int write(sqlite3_file* f, void const* from, int size, sqlite3_int64 at) {
    if (disk.write.meets(name(f)))
        return failed(disk.write.error, disk.write.error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE);
    return methods(f).xWrite(real(f), from, size, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
    return methods(f).xTruncate(real(f), size);
}
int sync(sqlite3_file* f, int flags) {
    if (disk.sync.meets(name(f))) return failed(disk.sync.error, SQLITE_IOERR_FSYNC);
    return methods(f).xSync(real(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) {
    return methods(f).xFileSize(real(f), size);
}
int lock(sqlite3_file* f, int level) {
    return methods(f).xLock(real(f), level);
}
int unlock(sqlite3_file* f, int level) {
    return methods(f).xUnlock(real(f), level);
}
int check_reserved(sqlite3_file* f, int* is_reserved) {
    return methods(f).xCheckReservedLock(real(f), is_reserved);
}
int control(sqlite3_file* f, int operation, void* argument) {
    return methods(f).xFileControl(real(f), operation, argument);
}
int sector_size(sqlite3_file* f) {
    return methods(f).xSectorSize(real(f));
}
int characteristics(sqlite3_file* f) {
    return methods(f).xDeviceCharacteristics(real(f));
}
int map_index(sqlite3_file* f, int region, int size, int extend, void volatile** to) {
    if (disk.index != 0 && extend != 0) return failed(disk.index, SQLITE_IOERR_SHMSIZE);
    return methods(f).xShmMap(real(f), region, size, extend, to);
}
int lock_index(sqlite3_file* f, int offset, int count, int flags) {
    return methods(f).xShmLock(real(f), offset, count, flags);
}
void index_barrier(sqlite3_file* f) {
    methods(f).xShmBarrier(real(f));
}
int unmap_index(sqlite3_file* f, int remove) {
    return methods(f).xShmUnmap(real(f), remove);
}

sqlite3_io_methods const all{
    2,           close,          read,    write,       truncate,        sync,      file_size,  lock,
    unlock,      check_reserved, control, sector_size, characteristics, map_index, lock_index, index_barrier,
    unmap_index, nullptr,        nullptr};

int open(sqlite3_vfs*, char const* path, sqlite3_file* f, int flags, int* given) {
    of(f).base.pMethods = nullptr;
    of(f).name = path;
    int const code = disk.real->xOpen(disk.real, path, of(f).real(), flags, given);
    if (of(f).real()->pMethods != nullptr) of(f).base.pMethods = &all;
    return code;
}

}  // namespace

faulty_disk::faulty_disk() {
    mend();
    disk.real = sqlite3_vfs_find(nullptr);
    disk.vfs = *disk.real;
    disk.vfs.zName = "faulty";
    disk.vfs.szOsFile += static_cast<int>(sizeof(file));
    disk.vfs.xOpen = open;
    sqlite3_vfs_register(&disk.vfs, 1);
}

faulty_disk::~faulty_disk() {
    sqlite3_vfs_unregister(&disk.vfs);
    sqlite3_vfs_register(disk.real, 1);
}

void faulty_disk::fail_sync(std::string ending, int error) {
    disk.sync = {std::move(ending), error};
}

void faulty_disk::fail_write(std::string ending, int error) {
    disk.write = {std::move(ending), error};
}

void faulty_disk::fail_index(int error) {
    disk.index = error;
}

void faulty_disk::mend() {
    disk.sync = disk.write = {};
    disk.index = 0;
}
