/*
 * hash.c - where keys of hashes come from.
 */
#define _DEFAULT_SOURCE /* getentropy() */
#include "base/hash.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <unistd.h>

/* Digits of pi. */
const struct hash_key hash_key_fixed = {
    {UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707344),
	UINT64_C(0xa4093822299f31d0), UINT64_C(0x082efa98ec4e6c89),
	UINT64_C(0x452821e638d01377), UINT64_C(0xbe5466cf34e90c6c),
	UINT64_C(0xc0ac29b7c97c50dd), UINT64_C(0x3f84d5b5b5470917),
	UINT64_C(0x9216d5d98979fb1b), UINT64_C(0xd1310ba698dfb5ac),
	UINT64_C(0x2ffd72dbd01adfb7), UINT64_C(0xb8e1afed6a267e96)}};

void
hash_key_draw(struct hash_key *key)
{
#ifdef HAVE_GETENTROPY
	if (getentropy(key, sizeof(*key)) == 0)
		return;
#endif
	*key = hash_key_fixed;
}
