// Random numbers that are the same each time: preloaded, so that the places of keys in hash tables, and with them what
// libFuzzer sees and does next, are the same in every run. For fuzzing alone.
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

ssize_t getrandom(void *buffer, size_t length, unsigned flags) {
  static __thread uint64_t state = 88172645463325252u;
  (void)flags;
  for (size_t at = 0; at < length; at++) {
    // Marsaglia's xorshift64.
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    ((unsigned char *)buffer)[at] = (unsigned char)(state >> 56);
  }
  return (ssize_t)length;
}
