/*
 * constants.h - the timing constants of R1.38, each with its reason. All in
 * nanoseconds unless the name says otherwise.
 */
#ifndef TCPCONN_CONSTANTS_H
#define TCPCONN_CONSTANTS_H

#include <stdint.h>

#define NS_PER_US ((int64_t)1000)
#define NS_PER_MS ((int64_t)1000000)
#define NS_PER_S ((int64_t)1000000000)

/*
 * Reordering window when no round trip is known: longer than queues between
 * parallel ways of one LAN, shorter than a loop through any provider.
 */
#define K_OOO_MIN (3 * NS_PER_MS)
/* Smallest retransmission timer of common kernels (Linux TCP_RTO_MIN). */
#define K_RTO_MIN (200 * NS_PER_MS)
/* RFC 8985 7.2: the longest that receivers delay an ACK, as senders assume. */
#define K_DELAYED_ACK (200 * NS_PER_MS)
/* RFC 6298 2.1: timer before the first sample. */
#define K_RTO_INIT NS_PER_S
/* Scheduling of an ACK: what a busy host may add. */
#define K_ACK_SLACK (20 * NS_PER_MS)
/* RFC 5681 3.2. */
#define K_DUPTHRESH 3
/* What a person notices as a pause. */
#define K_STALL (500 * NS_PER_MS)
/* 2MSL of RFC 9293, and of many systems. */
#define K_TW (240 * NS_PER_S)
#define K_TW_SHORT (60 * NS_PER_S)
/* Copies within this time, when no round trip is known (R1.37): what the two
 * ports of a mirror lie apart. */
#define K_CAPDUP_T NS_PER_MS
/*
 * R1.44: a kernel that the tap sits in answers within this. Over any wire it
 * takes longer: frame, interrupt and their like twice, 150 us and more between
 * hosts of a LAN.
 */
#define K_AT_HOST (100 * NS_PER_US)
/* R1.27: floor of the backward window of plausible segments. */
#define K_BACK_WINDOW 66000
/*
 * R5.17, R5.21: as many hosts or ports make a scan or backscatter: browsers and
 * load balancers try fewer at once in vain.
 */
#define FANOUT_WIDE 10

/*
 * Share of the loop that a resend cannot undercut (K_REORDER): all of it, were
 * the shortest loop seen the shortest there is. Few samples miss that by some
 * per cent of queue and scheduling.
 */
static inline int64_t
k_reorder(int64_t ns)
{
	return ns - ns / 10;
}

/*
 * Share of the timer that counts as its expiry (K_RTO_FRAC). The tap's estimate
 * has other samples than the sender's, and RFC 6298 counts the deviation of the
 * newest in full; kernels round by a tick, 1 to 10 of 200 ms. A fifth covers
 * both.
 */
static inline int64_t
k_rto_frac(int64_t ns)
{
	return ns - ns / 5;
}

#endif
