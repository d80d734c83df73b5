// The library's logger (spdlog).
//
//     stint::set_logger(my_logger);     // e.g. the application's own; nullptr silences the library
//
// Until then, warnings and errors go to a logger named "stint" on standard error. The levels: trace, every statement;
// debug, every flush in its printable form; info, refused commits; warn, what the library survived (a lost idle
// connection, a deadlock that is run again); error, what nobody else can report (an event's slot that throws after
// COMMIT). Values of columns appear at debug and trace only. Any thread may call both functions at any time.
#pragma once

#include <memory>

#include <spdlog/logger.h>

namespace stint {

/// The logger in use; never null.
std::shared_ptr<spdlog::logger> logger();

void set_logger(std::shared_ptr<spdlog::logger> logger);

}  // namespace stint
