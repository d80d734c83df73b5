#include <stint/detail/count_scope.hpp>

namespace stint::detail {
namespace {

thread_local count_scope*  innermost_scope = nullptr;
thread_local std::uint64_t last_number = 0;

}  // namespace

count_scope::count_scope(counters& sum) noexcept : sum_(sum), outer_(innermost_scope), number_(++last_number) {
    innermost_scope = this;
}

count_scope::~count_scope() {
    innermost_scope = outer_;
}

count_scope* count_scope::innermost() noexcept {
    return innermost_scope;
}

}  // namespace stint::detail
