#include <stint/error.hpp>

namespace stint {

std::string_view to_string(advice what) noexcept {
    switch (what) {
    case advice::fix_the_code: return "fix the code";
    case advice::reload_and_retry: return "reload and retry";
    case advice::wait_and_retry: return "wait and retry";
    case advice::ask_a_person: return "ask a person";
    }
    return "";
}

not_found::not_found(std::string table, std::string key)
    : error("no row of " + table + " has the key " + key, advice::ask_a_person), table_(std::move(table)),
      key_(std::move(key)) {}

}  // namespace stint
