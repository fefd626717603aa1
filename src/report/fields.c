/*
 * fields.c - tables of the plain fields of the report model.
 */
#include "report/fields.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "model/summary.h"

#define NS_PLACES 6  /* from ns to ms */
#define PPM_PLACES 6 /* from ppm to a fraction */
#define END \
	{ \
		.key = NULL \
	}

#define ROW(name, at, how) \
	{ \
		name, offsetof(RECORD, at), FORM_##how \
	}

#define RECORD struct conn_report
const struct field conn_fields[] = {
    ROW("number", number, U32),
    ROW("first_frame", first_frame, FRAME),
    ROW("last_frame", last_frame, FRAME),
    ROW("evicted", evicted, BOOL),
    ROW("one_way", one_way, BOOL),
    ROW("history_truncated", history_truncated, BOOL),
    ROW("holes_merged", holes_merged, BOOL),
    END,
};
#undef RECORD

#define RECORD struct handshake_report
const struct field handshake_fields[] = {
    ROW("server_half_ms", server_half_ns, MAYBE_MS),
    ROW("server_half_low_ms", server_half_low_ns, MAYBE_MS),
    ROW("client_half_ms", client_half_ns, MAYBE_MS),
    ROW("irtt_ms", irtt_ns, MAYBE_MS),
    ROW("connect_time_ms", connect_time_ns, MAYBE_MS),
    ROW("first_data_client_ms", first_data_ns[CLIENT], MAYBE_MS),
    ROW("first_data_server_ms", first_data_ns[SERVER], MAYBE_MS),
    ROW("ttfb_ms", ttfb_ns, MAYBE_MS),
    ROW("server_think_ms", server_think_ns, MAYBE_MS),
    ROW("first_attempt_frame", first_attempt_frame, FRAME),
    ROW("tfo", tfo, NAME),
    ROW("sub", sub, NAME),
    ROW("refusing_frame", refusing_frame, FRAME),
    ROW("refusing_ttl_match", refusing_ttl_match, MAYBE_BOOL),
    END,
};
#undef RECORD

#define RECORD struct teardown_report
const struct field teardown_fields[] = {
    ROW("total_ms", total_ns, MAYBE_MS),
    ROW("f1_f2_ms", f1_f2_ns, MAYBE_MS),
    ROW("f2_f3_ms", f2_f3_ns, MAYBE_MS),
    ROW("f3_f4_ms", f3_f4_ns, MAYBE_MS),
    ROW("data_to_rst_ms", data_to_rst_ns, MAYBE_MS),
    ROW("idle_before_rst_ms", idle_before_rst_ns, MAYBE_MS),
    ROW("unread_bytes", unread_bytes, MAYBE),
    ROW("sub", sub, NAME),
    END,
};
#undef RECORD

#define RECORD struct step
const struct field step_fields[] = {
    ROW("frame", frame_no, FRAME),
    ROW("seq", seq, U32),
    ROW("seq_rel", seq_rel, I64),
    ROW("len_bytes", len, U32),
    ROW("window", wnd, U16),
    ROW("retransmissions", retransmissions, U32),
    ROW("proof_frame", proof_frame, FRAME),
    END,
};
#undef RECORD

#define RECORD struct time_wait
const struct field time_wait_fields[] = {
    ROW("enter_frame", enter_frame, FRAME),
    ROW("confirmed_frame", confirmed_frame, FRAME),
    ROW("fin_retransmissions", fin_retransmissions, U32),
    ROW("other_segments", other_segments, U32),
    ROW("reuse_after_ms", reuse_after_ns, MAYBE_MS),
    END,
};
#undef RECORD

#define RECORD struct transition
const struct field transition_fields[] = {
    ROW("frame", frame_no, FRAME),
    ROW("revoked_frame", revoked_frame, FRAME),
    ROW("confirmed_frame", confirmed_frame, FRAME),
    ROW("rule", rule, NAME),
    END,
};
#undef RECORD

#define RECORD struct side_report
const struct field side_fields[] = {
    ROW("packets", packets, U64),
    ROW("bytes", bytes, U64),
    ROW("payload_bytes", payload_bytes, U64),
    ROW("unique_bytes", unique_bytes, U64),
    ROW("data_packets", data_packets, U64),
    ROW("retransmitted_packets", retransmitted_packets, U64),
    ROW("retransmitted_bytes", retransmitted_bytes, U64),
    ROW("out_of_order", out_of_order, U64),
    ROW("duplicate_acks", duplicate_acks, U64),
    ROW("stretch_acks", stretch_acks, U64),
    ROW("capture_duplicates", capture_duplicates, U64),
    ROW("zero_window_ms", zero_window_ns, MAYBE_MS),
    ROW("max_flight_bytes", max_flight_bytes, MAYBE),
    ROW("idle_ms", idle_ns, MAYBE_MS),
    ROW("throughput_bps", throughput_bps, MAYBE),
    ROW("goodput_bps", goodput_bps, MAYBE),
    END,
};

const struct field window_fields[] = {
    ROW("min", window_min, MAYBE),
    ROW("max", window_max, MAYBE),
    ROW("scale", window_scale, MAYBE),
    END,
};

const struct field loss_fields[] = {
    ROW("downstream", loss_downstream, MAYBE_SHARE),
    ROW("upstream", loss_upstream, MAYBE_SHARE),
    ROW("capture", loss_capture, MAYBE_SHARE),
    END,
};
#undef RECORD

#define RECORD struct rtt_report
const struct field rtt_fields[] = {
    ROW("samples", samples, U64),
    ROW("method", method, NAME),
    ROW("min", min, MAYBE_MS),
    ROW("p50", p50, MAYBE_MS),
    ROW("p90", p90, MAYBE_MS),
    ROW("p99", p99, MAYBE_MS),
    ROW("max", max, MAYBE_MS),
    ROW("smoothed", smoothed, MAYBE_MS),
    ROW("p50_nodelack", p50_nodelack, MAYBE_MS),
    END,
};
#undef RECORD

#define RECORD struct talker
const struct field talker_fields[] = {
    ROW("connections", connections, U64),
    ROW("packets", packets, U64),
    ROW("sent_bytes", sent_bytes, U64),
    ROW("received_bytes", received_bytes, U64),
    ROW("uncounted_bytes", uncounted_bytes, U64),
    END,
};
#undef RECORD

#define RECORD struct capture_info
const struct field capture_fields[] = {
    ROW("format", format, NAME),
    ROW("compression", compression, NAME),
    ROW("link_type", link_name, NAME),
    END,
};

const struct field capture_totals[] = {
    ROW("packets", packets, U64),
    ROW("bytes", bytes, U64),
    ROW("complete", complete, BOOL),
    END,
};
#undef RECORD

#define RECORD struct packet_counts
const struct field packets_fields[] = {
    ROW("total", total, U64),
    ROW("tcp", tcp, U64),
    ROW("analysed", analysed, U64),
    END,
};
#undef RECORD

static const char *
bool_text(bool v)
{
	return v ? "true" : "false";
}

/* Every value is copied out, since offsets say nothing about alignment. */
static const char *
integer_text(enum field_form form, const char *at, char buf[NOTATION_MAX])
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	int64_t i64;

	switch (form) {
	case FORM_U16:
		memcpy(&u16, at, sizeof(u16));
		return notation_unsigned(buf, u16);
	case FORM_U32:
		memcpy(&u32, at, sizeof(u32));
		return notation_unsigned(buf, u32);
	case FORM_I64:
		memcpy(&i64, at, sizeof(i64));
		return notation_decimal(buf, i64, 0);
	default:
		memcpy(&u64, at, sizeof(u64));
		if (form == FORM_FRAME && u64 == 0)
			return NULL;
		return notation_unsigned(buf, u64);
	}
}

static const char *
maybe_text(enum field_form form, const char *at, char buf[NOTATION_MAX])
{
	struct maybe m;

	memcpy(&m, at, sizeof(m));
	if (!m.has)
		return NULL;
	switch (form) {
	case FORM_MAYBE_BOOL:
		return bool_text(m.v != 0);
	case FORM_MAYBE_MS:
		return notation_decimal(buf, m.v, NS_PLACES);
	case FORM_MAYBE_SHARE:
		return notation_decimal(buf, m.v, PPM_PLACES);
	default:
		return notation_decimal(buf, m.v, 0);
	}
}

const char *
field_text(const struct field *f, const void *record, char buf[NOTATION_MAX])
{
	const char *at = (const char *)record + f->offset, *name;
	bool v;

	assert(f->key != NULL);
	switch (f->form) {
	case FORM_BOOL:
		memcpy(&v, at, sizeof(v));
		return bool_text(v);
	case FORM_NAME:
		memcpy(&name, at, sizeof(name));
		return name;
	case FORM_MAYBE:
	case FORM_MAYBE_BOOL:
	case FORM_MAYBE_MS:
	case FORM_MAYBE_SHARE:
		return maybe_text(f->form, at, buf);
	default:
		return integer_text(f->form, at, buf);
	}
}
