/*
 * json_path.c - look into parsed JSON by paths.
 */
#include "json_path.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

cJSON *
json_parse(const char *text)
{
	cJSON *root = cJSON_ParseWithOpts(text, NULL, 1);

	ck_assert_msg(root != NULL, "not JSON: %.200s", text);
	return root;
}

const cJSON *
json_at(const cJSON *root, const char *path)
{
	while (root != NULL && *path != '\0') {
		size_t n = strcspn(path, ".");
		char key[64];

		ck_assert_uint_lt(n, sizeof(key));
		snprintf(key, sizeof(key), "%.*s", (int)n, path);
		root = cJSON_IsArray(root)
			   ? cJSON_GetArrayItem(root, atoi(key))
			   : cJSON_GetObjectItemCaseSensitive(root, key);
		path += n + (path[n] == '.');
	}
	return root;
}

void
assert_json(const cJSON *root, const char *path, const char *want)
{
	const cJSON *at = json_at(root, path);
	char *text;

	ck_assert_msg(at != NULL, "nothing at %s", path);
	text = cJSON_PrintUnformatted(at);
	ck_assert_ptr_nonnull(text);
	ck_assert_msg(
	    strcmp(text, want) == 0, "%s is %s, not %s", path, text, want);
	cJSON_free(text);
}
