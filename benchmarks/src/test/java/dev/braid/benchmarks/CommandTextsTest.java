package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Schema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandTextsTest {

  @Test
  void commasInsideParenthesesDoNotSplit() {
    assertEquals(
        List.of("arf", "moa:meta.OzaBag -l (trees.HoeffdingTree -g 50,1)", "ht"),
        CommandTexts.split("arf, moa:meta.OzaBag -l (trees.HoeffdingTree -g 50,1) ,ht"));
  }

  @Test
  void anEmptyListHasNoNames() {
    assertEquals(List.of(), CommandTexts.split(" , "));
  }

  @Test
  void optionsOfAPresetStandInParentheses() {
    assertEquals(
        Map.of("batch", "1", "top-k", "2"),
        CommandTexts.preset("driftmoe-data(batch=1,top-k=2)", 7, Schema.numeric(2, 2))
            .spec()
            .options());
  }

  @Test
  void aValueMayHoldParenthesesAndSpaces() {
    assertEquals(
        Map.of("experts", "moa(trees.HoeffdingTree -g 50)*3", "top-k", "2"),
        CommandTexts.preset(
                "driftmoe-data(experts=moa(trees.HoeffdingTree -g 50)*3,top-k=2)",
                7,
                Schema.numeric(2, 2))
            .spec()
            .options());
  }

  @Test
  void anOptionThatIsNotThereIsRefusedInOneSentence() {
    final IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> CommandTexts.preset("driftmoe-data(bach=3)", 7, Schema.numeric(2, 2)));
    assertTrue(e.getMessage().contains("no option 'bach'"), e.getMessage());
  }
}
