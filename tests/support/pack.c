/*
 * pack.c - compressed members for tests.
 */
#include "support/pack.h"

#include <check.h>
#include <string.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_ZLIB
#include <zlib.h>

static size_t
pack_gzip(uint8_t *out, size_t size, const uint8_t *in, size_t n)
{
	z_stream z = {0};

	ck_assert_int_eq(
	    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
	    Z_OK);
	z.next_in = (Bytef *)(uintptr_t)in;
	z.avail_in = (uInt)n;
	z.next_out = out;
	z.avail_out = (uInt)size;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	size = z.total_out;
	deflateEnd(&z);
	return size;
}
#endif

#ifdef HAVE_ZSTD
#include <zstd.h>

static size_t
pack_zstd(uint8_t *out, size_t size, const uint8_t *in, size_t n)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t rc;

	ck_assert_ptr_nonnull(c);
	ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, 16);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	rc = ZSTD_compress2(c, out, size, in, n);
	ck_assert_msg(!ZSTD_isError(rc), "%s", ZSTD_getErrorName(rc));
	ZSTD_freeCCtx(c);
	return rc;
}
#endif

#ifdef HAVE_LZ4
#include <lz4frame.h>

static size_t
pack_lz4(uint8_t *out, size_t size, const uint8_t *in, size_t n)
{
	LZ4F_preferences_t p;
	size_t rc;

	memset(&p, 0, sizeof(p));
	p.frameInfo.blockSizeID = LZ4F_max64KB;
	p.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
	p.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled;
	rc = LZ4F_compressFrame(out, size, in, n, &p);
	ck_assert_msg(!LZ4F_isError(rc), "%s", LZ4F_getErrorName(rc));
	return rc;
}
#endif

#ifdef HAVE_LZMA
#include <lzma.h>

static size_t
pack_xz(uint8_t *out, size_t size, const uint8_t *in, size_t n)
{
	size_t at = 0;

	ck_assert_int_eq(lzma_easy_buffer_encode(
			     1, LZMA_CHECK_CRC64, NULL, in, n, out, &at, size),
	    LZMA_OK);
	return at;
}
#endif

static const struct {
	const char *format;
	size_t (*pack)(uint8_t *out, size_t size, const uint8_t *in, size_t n);
} packers[] = {
#ifdef HAVE_ZLIB
    {"gzip", pack_gzip},
#endif
#ifdef HAVE_ZSTD
    {"zstd", pack_zstd},
#endif
#ifdef HAVE_LZ4
    {"lz4", pack_lz4},
#endif
#ifdef HAVE_LZMA
    {"xz", pack_xz},
#endif
    {NULL, NULL},
};

size_t
pack_member(
    const char *format, uint8_t *out, size_t size, const uint8_t *in, size_t n)
{
	for (unsigned i = 0; packers[i].format != NULL; i++)
		if (strcmp(packers[i].format, format) == 0)
			return packers[i].pack(out, size, in, n);
	return 0;
}
