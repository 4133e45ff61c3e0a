/** The bits of `timex.modes`: what adjtimex(2) sets. From include/uapi/linux/timex.h. */
export const ADJ_OFFSET = 0x0001;
export const ADJ_FREQUENCY = 0x0002;
export const ADJ_MAXERROR = 0x0004;
export const ADJ_ESTERROR = 0x0008;
export const ADJ_STATUS = 0x0010;
export const ADJ_TIMECONST = 0x0020;
export const ADJ_TAI = 0x0080;
export const ADJ_SETOFFSET = 0x0100;
export const ADJ_MICRO = 0x1000;
export const ADJ_NANO = 0x2000;
export const ADJ_TICK = 0x4000;
/** Asks for adjtime(3) behaviour; comes with ADJ_OFFSET. */
export const ADJ_ADJTIME = 0x8000;

/** The bits of `timex.status`. */
export const STA_PLL = 0x0001;
export const STA_INS = 0x0010;
export const STA_DEL = 0x0020;
export const STA_UNSYNC = 0x0040;
export const STA_NANO = 0x2000;

/** One part per million in the unit of `timex.freq`. */
export const SCALED_PPM = 65_536n;
/** Nominal `timex.tick`: microseconds in 1/100 s. */
export const NOMINAL_TICK = 10_000n;
