/*
 * each_file.c - the files of a folder.
 */
#include "each_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PATH_SIZE 1024

static void
walk(const char *folder, void (*take)(const char *path))
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		char path[PATH_SIZE];
		struct stat st;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (stat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
			walk(path, take);
		else
			take(path);
	}
	closedir(dir);
}

void
each_file(const char *folder, void (*take)(const char *path))
{
	const char *src = getenv("srcdir");
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", src != NULL ? src : ".", folder);
	walk(path, take);
}
