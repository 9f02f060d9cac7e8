package dev.braid.experts.moe.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.device.Device.Round;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RoundsTest {

  @Test
  void everyExpertWithRowsHasRoomInOneRoundAndRoundsKeepTheirBound() {
    final SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 500; trial++) {
      final int rows = 1 + random.nextInt(300);
      final long most = rows + (long) random.nextInt(1_000);
      final int[] load = new int[1 + random.nextInt(70)];
      Arrays.setAll(load, e -> random.nextInt(3) == 0 ? 0 : random.nextInt(rows + 1));
      final int[] room = new int[load.length];
      for (final Round round : Rounds.of(load, 100, 7, rows, most)) {
        assertEquals(round.firstSeat() - 100, round.firstSlot() - 7);
        assertTrue(round.capacity() <= rows, round.toString());
        assertTrue((long) round.seats() * round.capacity() <= most, round + " within " + most);
        for (int s = 0; s < round.seats(); s++) {
          final int seat = round.firstSeat() - 100 + s;
          assertEquals(0, room[seat], "seat " + seat + " in two rounds");
          room[seat] = round.capacity();
        }
      }
      for (int e = 0; e < load.length; e++) {
        assertTrue(room[e] >= load[e], load[e] + " rows, room for " + room[e]);
      }
    }
  }

  @Test
  void equalLoadsMakeOneRoundAndABusyExpertOneOfItsOwn() {
    final int[] equal = {9, 12, 16, 10};
    assertEquals(List.of(new Round(0, 0, 4, 16)), Rounds.of(equal, 0, 0, 64, 128));
    final int[] busy = {9, 12, 64, 10};
    assertEquals(
        List.of(new Round(0, 0, 2, 16), new Round(2, 2, 2, 64)), Rounds.of(busy, 0, 0, 64, 128));
    assertEquals(List.of(), Rounds.of(new int[3], 0, 0, 64, 128));
  }

  @Test
  void roomIsAtMostAQuarterMoreThanIsNeeded() {
    for (int load = 33; load < 5_000; load++) {
      final int room = Rounds.capacity(load, 1 << 20);
      assertTrue(room >= load && room <= 1.25 * load, room + " for " + load);
    }
    assertEquals(8, Rounds.capacity(1, 100));
    assertEquals(5, Rounds.capacity(3, 5));
  }
}
