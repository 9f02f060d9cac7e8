package dev.braid.jobs.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.NumberScores;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.JsonRecords;
import dev.braid.jobs.demo.Chromium;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of a model of numbers in a real browser, over records as the job writes them. */
@Timeout(120)
class NumbersPageTest {
  private static final int RECORDS = 40;

  @TempDir Path folder;

  /** The first record has no R2 and no coverage yet. */
  private static byte[] record(final int i) {
    final double unknown = i == 1 ? Double.NaN : 0;
    final NumberScores scores =
        new NumberScores(
            1234.5678 / i,
            2345.6789 / i,
            0.9 - 0.5 / i + unknown,
            0.9 + 0.05 / i + unknown,
            1.0 / i,
            2.0 / i,
            0.95 - 0.2 / i + unknown,
            0.91 + unknown);
    final MetricsRecord record =
        new MetricsRecord(
            "shop",
            1_000L * i,
            100L * i,
            100L * i,
            null,
            Map.of("knn", 0.7, "rls", 0.3),
            Map.of("knn", 0.6, "rls", 0.4),
            0.5,
            Map.of("hour", 3.5),
            0,
            0,
            0,
            0,
            0,
            0,
            1 << 16,
            80,
            0,
            scores);
    return JsonRecords.metrics(FieldNames.DEFAULT).encode(record);
  }

  private static String figure(final Tab tab, final String name) throws Exception {
    return tab.text("[data-figure='" + name + "'] dd");
  }

  @Test
  void errorsAndCoverageTakeThePlaceOfWhatClassesHave() throws Exception {
    final Optional<Chromium> browser = Chromium.find();
    assumeTrue(browser.isPresent(), "no Chromium on the path to open the live page in");
    final LiveStore store = new LiveStore();
    final long begin = System.currentTimeMillis() - 1_000L * RECORDS;
    for (int i = 1; i <= RECORDS; i++) {
      store.record("metrics", "key", "ts", begin + 1_000L * i, record(i));
    }
    try (LiveServer server = LiveServer.start(store, "0");
        Tab tab = Tab.open(browser.get(), folder, server.address())) {
      tab.await("Number(document.documentElement.dataset.drawn) === " + RECORDS);
      assertEquals("30.864", figure(tab, "error"));
      assertEquals("0.025", figure(tab, "error, interval"));
      assertEquals("58.642", figure(tab, "RMSE"));
      assertEquals("0.8875", figure(tab, "R2"));
      assertEquals("90.13 %", figure(tab, "within the interval"));
      for (final String plot : List.of("mae", "rmse", "r2", "coverage", "deciders", "importance")) {
        final int ink =
            tab.value("Number(document.getElementById('" + plot + "').dataset.ink)").asInt();
        assertTrue(ink > 1_000, plot + " is empty: " + ink);
      }
      final JsonNode hidden =
          tab.value(
              "[...document.querySelectorAll('.panels section[hidden]')].map((s) => s.dataset.needs)");
      assertEquals(
          new ObjectMapper()
              .valueToTree(List.of("window_accuracy", "window_kappa", "log_loss", "confusion")),
          hidden);
      for (final JsonNode tile :
          tab.value("[...document.querySelectorAll('#figures dd')].map((d) => d.textContent)")) {
        assertFalse(tile.asText().isEmpty() || tile.asText().contains("NaN"), tile.asText());
      }
      assertEquals(List.of(), tab.errors());
    }
  }
}
