#include <stint/log.hpp>

#include <mutex>

#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

namespace stint {
namespace {

// Not in spdlog's registry: its names belong to the application.
std::shared_ptr<spdlog::logger> default_logger() {
    auto result = std::make_shared<spdlog::logger>("stint", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    result->set_level(spdlog::level::warn);
    return result;
}

std::shared_ptr<spdlog::logger> silent_logger() {
    auto result = std::make_shared<spdlog::logger>("stint", std::make_shared<spdlog::sinks::null_sink_mt>());
    result->set_level(spdlog::level::off);
    return result;
}

struct logger_in_use {
    std::mutex                      mutex;
    std::shared_ptr<spdlog::logger> logger = default_logger();
};

// Never destroyed: databases that are static objects log while the program ends.
logger_in_use& in_use() {
    static auto& state = *new logger_in_use;
    return state;
}

}  // namespace

std::shared_ptr<spdlog::logger> logger() {
    auto& state = in_use();
    auto  hold = std::lock_guard(state.mutex);
    return state.logger;
}

void set_logger(std::shared_ptr<spdlog::logger> logger) {
    if (!logger) logger = silent_logger();
    auto& state = in_use();
    auto  hold = std::lock_guard(state.mutex);
    state.logger.swap(logger);
}

}  // namespace stint
