/*
 * fuzz_replay.c - runs a fuzz target over stored inputs, without a fuzzer.
 *
 * usage: fuzz_NAME [FILE]...
 * Without files: those of tests/corpus-fuzz/NAME, and of fuzz_more_inputs.
 */
#include "support/fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_BYTES 4096

static int
replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	long n;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0) {
		perror(path);
		return -1;
	}
	rewind(f);
	/* exactly as large, so that a read past the end is seen */
	data = malloc(n > 0 ? (size_t)n : 1);
	if (data == NULL || fread(data, 1, (size_t)n, f) != (size_t)n) {
		perror(path);
		return -1;
	}
	fclose(f);
	/* the last line of the log names what did not end well */
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(data, (size_t)n);
	free(data);
	return 0;
}

/* Returns how many files were replayed, -1 on an error. */
static int
replay_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	int n = 0;

	if (dir == NULL) {
		perror(folder);
		return -1;
	}
	while ((entry = readdir(dir)) != NULL) {
		char path[PATH_BYTES];
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		if (replay_file(path) != 0)
			return -1;
		n++;
	}
	closedir(dir);
	return n;
}

static int
replay_stored(const char *program)
{
	const char *srcdir = getenv("srcdir"), *slash = strrchr(program, '/');
	const char *name = strstr(slash != NULL ? slash : program, "fuzz_");
	char folder[PATH_BYTES];
	int n, more = 0;

	if (srcdir == NULL)
		srcdir = ".";
	if (name == NULL)
		return -1;
	snprintf(folder, sizeof(folder), "%s/tests/corpus-fuzz/%s", srcdir,
	    name + strlen("fuzz_"));
	n = replay_folder(folder);
	if (n >= 0 && fuzz_more_inputs != NULL) {
		snprintf(
		    folder, sizeof(folder), "%s/%s", srcdir, fuzz_more_inputs);
		more = replay_folder(folder);
	}
	return n > 0 && more >= 0 ? n + more : -1;
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? argc - 1 : replay_stored(argv[0]);

	for (int i = 1; i < argc; i++)
		if (replay_file(argv[i]) != 0)
			n = -1;
	if (n < 0) {
		fprintf(stderr, "%s: nothing to replay\n", argv[0]);
		return EXIT_FAILURE;
	}
	fprintf(stderr, "%d inputs\n", n);
	return EXIT_SUCCESS;
}
