#include <stint/detail/count_scope.hpp>

namespace stint::detail {
namespace {

thread_local count_scope* innermost_scope = nullptr;

}  // namespace

count_scope::count_scope(counters& sum) noexcept : sum_(sum), outer_(innermost_scope) {
    innermost_scope = this;
}

count_scope::~count_scope() {
    innermost_scope = outer_;
}

count_scope* count_scope::innermost() noexcept {
    return innermost_scope;
}

}  // namespace stint::detail
