package dev.braid.experts.moe.rest;

import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Word;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Less than one bit a weight: of each 32 weights the four that are largest in size stay, as a sign
 * and the mean size of all that stay of 512; which four is said by one 16-bit word of a dictionary
 * of all sparse patterns (QMoE, Frantar and Alistarh 2023, "Practical Sub-1-Bit Compression of
 * Trillion-Parameter Models", section 4: weights of three values, most of them 0, by 16-bit words
 * of a dictionary; here words stand for patterns of equal length, and weights are rounded without
 * data). That is 5/8 of a bit, and 1/16 for the scales.
 *
 * <p>Packed: the scales as 32-bit floats, the words, then four bits of signs for each word, the
 * lower ones of a byte first.
 */
public record SubBit() implements Codec {
  /** Weights of a pattern, and how many of them stay at the most. */
  private static final int PATTERN = 32;

  private static final int KEPT = 4;

  /** Weights that share a scale. */
  private static final int GROUP = 16 * PATTERN;

  /** Of so many places, how many patterns there are of so many that stay. */
  private static final int[][] PATTERNS = patterns();

  static final Word<Codec> WORD =
      new Word<>(
          "sub-bit",
          "Less than one bit a weight: signs of the largest, whose places a dictionary knows.",
          List.of(),
          options -> new SubBit());

  private static int[][] patterns() {
    final int[][] choose = new int[PATTERN + 1][KEPT + 1];
    for (int n = 0; n <= PATTERN; n++) {
      choose[n][0] = 1;
      for (int k = 1; k <= Math.min(n, KEPT); k++) {
        choose[n][k] = choose[n - 1][k - 1] + choose[n - 1][k];
      }
    }
    return choose;
  }

  private static int groups(final Layout layout, final int each) {
    return (layout.size() + each - 1) / each;
  }

  @Override
  public int bytes(final Layout layout) {
    final int words = groups(layout, PATTERN);
    return Float.BYTES * groups(layout, GROUP) + Short.BYTES * words + (words + 1) / 2;
  }

  @Override
  public byte[] pack(final Layout layout, final float[] theta, final float[] base) {
    final ByteBuffer packed = ByteBuffer.allocate(bytes(layout));
    final int words = Float.BYTES * groups(layout, GROUP);
    final int signs = words + Short.BYTES * groups(layout, PATTERN);
    final int[] kept = new int[KEPT];
    for (int from = 0; from < layout.size(); from += GROUP) {
      double sum = 0;
      int all = 0;
      for (int at = from; at < Math.min(layout.size(), from + GROUP); at += PATTERN) {
        final int count = largest(theta, at, Math.min(layout.size(), at + PATTERN), kept);
        final int pattern = at / PATTERN;
        int bits = 0;
        for (int i = 0; i < count; i++) {
          sum += Math.abs(theta[at + kept[i]]);
          bits |= theta[at + kept[i]] < 0 ? 1 << i : 0;
        }
        all += count;
        packed.putShort(words + Short.BYTES * pattern, (short) word(kept, count));
        final int place = signs + pattern / 2;
        packed.put(place, (byte) (packed.get(place) | bits << (pattern % 2 * KEPT)));
      }
      packed.putFloat(from / GROUP * Float.BYTES, all == 0 ? 0 : (float) (sum / all));
    }
    return packed.array();
  }

  /** Finds the largest weights but zeros, and leaves their places in ascending order. */
  private static int largest(final float[] theta, final int from, final int end, final int[] kept) {
    int count = 0;
    for (int i = from; i < end; i++) {
      final float size = Math.abs(theta[i]);
      if (!(size > 0)) {
        continue;
      }
      if (count < KEPT) {
        kept[count++] = i - from;
        continue;
      }
      int least = 0;
      for (int k = 1; k < KEPT; k++) {
        least = Math.abs(theta[from + kept[k]]) < Math.abs(theta[from + kept[least]]) ? k : least;
      }
      if (size > Math.abs(theta[from + kept[least]])) {
        System.arraycopy(kept, least + 1, kept, least, KEPT - 1 - least);
        kept[KEPT - 1] = i - from;
      }
    }
    return count;
  }

  /** Patterns of fewer places come first; those of as many in the order of their last places. */
  private static int word(final int[] kept, final int count) {
    int word = 0;
    for (int k = 0; k < count; k++) {
      word += PATTERNS[PATTERN][k] + PATTERNS[kept[k]][k + 1];
    }
    return word;
  }

  @Override
  public void unpack(
      final byte[] packed, final Layout layout, final float[] base, final float[] theta) {
    final ByteBuffer in = ByteBuffer.wrap(packed);
    final int words = Float.BYTES * groups(layout, GROUP);
    final int signs = words + Short.BYTES * groups(layout, PATTERN);
    for (int from = 0; from < layout.size(); from += PATTERN) {
      final int end = Math.min(layout.size(), from + PATTERN);
      for (int i = from; i < end; i++) {
        theta[i] = 0;
      }
      final int pattern = from / PATTERN;
      final float scale = in.getFloat(from / GROUP * Float.BYTES);
      final int bits = in.get(signs + pattern / 2) >> (pattern % 2 * KEPT);
      int word = Short.toUnsignedInt(in.getShort(words + Short.BYTES * pattern));
      int count = 0;
      while (count < KEPT && word >= PATTERNS[PATTERN][count]) {
        word -= PATTERNS[PATTERN][count++];
      }
      for (int k = count; k > 0; k--) {
        int place = PATTERN - 1;
        while (place >= k && PATTERNS[place][k] > word) {
          place--;
        }
        word -= PATTERNS[place][k];
        if (from + place < end) {
          theta[from + place] = (bits >> (k - 1) & 1) == 0 ? scale : -scale;
        }
      }
    }
  }

  @Override
  public String text() {
    return "sub-bit";
  }
}
