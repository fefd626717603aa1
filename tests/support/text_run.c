/*
 * text_run.c - the text report as a string, and what it should be.
 */
#include "text_run.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "report/reporter.h"
#include "text_samples.h"

#define PATH_SIZE 4096

struct text_input
text_input(void)
{
	static char path[] = "capture.pcap", link[] = "Ethernet";
	static char name[] = "EN10MB";

	return (struct text_input){
	    .n = 1,
	    .info[0] =
		{
		    .path = path,
		    .format = "pcap",
		    .compression = "none",
		    .link_name = name,
		    .link_description = link,
		    .packets = 17,
		    .has_time = true,
		    .first_ns = TEXT_START_NS,
		    .last_ns = TEXT_START_NS + 4 * NS_PER_S,
		    .complete = true,
		},
	    .packets = {.total = 17, .tcp = 17, .analysed = 17},
	};
}

struct report_options
text_options(unsigned width)
{
	return (struct report_options){.width = width};
}

char *
text_run(const struct text_input *in, const struct report_options *o,
    struct conn_report **reports, size_t n)
{
	const struct reporter *text = &reporter_text;
	const struct capture_info *inputs[TEXT_INPUTS];
	struct summary summary;
	struct report_head head = {.version = "1.0",
	    .inputs = inputs,
	    .inputs_n = in->n,
	    .packets = &in->packets,
	    .summary = &summary,
	    .first_ns = TEXT_START_NS,
	    .last_ns = TEXT_START_NS + 4 * NS_PER_S,
	    .has_time = true,
	    .connections_reported = n};
	struct origins origins;
	uint64_t numbers[TEXT_INPUTS] = {0};
	char *written = NULL;
	size_t size;
	FILE *out = open_memstream(&written, &size);
	void *state;

	for (size_t i = 0; i < in->n; i++)
		inputs[i] = &in->info[i];
	origins_init(&origins);
	for (unsigned i = 0; i < in->frames_n; i++)
		origins_add(
		    &origins, in->file_of[i], ++numbers[in->file_of[i]]);
	if (in->frames_n > 0)
		head.origins = &origins;
	if (out == NULL || (state = text->open(out, o)) == NULL)
		abort();
	summary_init(&summary, &hash_key_fixed);
	for (size_t i = 0; i < n; i++) {
		summary_add(&summary, reports[i]);
		if (text->connection(state, reports[i]) != 0)
			abort();
		conn_report_free(reports[i]);
	}
	if (text->finish(state, &head) != 0)
		abort();
	text->free(state);
	summary_fini(&summary);
	origins_fini(&origins);
	fclose(out);
	return written;
}

/* The whole file, to be freed by the caller. */
static char *
read_whole(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *s = NULL, block[4096];
	size_t size, n;
	FILE *to = open_memstream(&s, &size);

	ck_assert_msg(f != NULL, "%s: cannot be read", path);
	ck_assert_ptr_nonnull(to);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		fwrite(block, 1, n, to);
	fclose(f);
	fclose(to);
	return s;
}

void
text_expect(const char *name, char *got)
{
	const char *top = getenv("srcdir");
	char path[PATH_SIZE];
	char *want;
	size_t same = 0, line = 1;

	snprintf(path, sizeof(path), "%s/tests/text/%s.txt",
	    top != NULL ? top : ".", name);
	if (getenv("UPDATE_EXPECTED") != NULL) {
		FILE *f = fopen(path, "wb");

		ck_assert_ptr_nonnull(f);
		fputs(got, f);
		fclose(f);
	}
	want = read_whole(path);
	for (; got[same] != '\0' && got[same] == want[same]; same++)
		line += got[same] == '\n';
	ck_assert_msg(strcmp(got, want) == 0,
	    "%s differs in line %zu; the report is\n%s", path, line, got);
	free(want);
	free(got);
}
