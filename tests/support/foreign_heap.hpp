// ON_A_FOREIGN_HEAP: 1 where a sanitizer brings a heap of its own, and how much memory something takes says nothing.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    #define ON_A_FOREIGN_HEAP 1
#elif defined(__has_feature)
    #if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
        #define ON_A_FOREIGN_HEAP 1
    #endif
#endif
#ifndef ON_A_FOREIGN_HEAP
    #define ON_A_FOREIGN_HEAP 0
#endif
