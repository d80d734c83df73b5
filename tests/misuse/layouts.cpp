// Ends well where layouts don't depend on NDEBUG.
#include "layout.hpp"

int main() {
    return checked::layout() == unchecked::layout() ? 0 : 1;
}
