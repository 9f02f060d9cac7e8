package dev.braid.connectors.format;

import static dev.braid.connectors.format.Records.label;
import static dev.braid.connectors.format.Records.reason;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.connectors.LabelRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private final RecordDecoder json = Records.jsonLabels(DecoderOptions.DEFAULT);
  private final RecordDecoder csv =
      Records.csvLabels(DecoderOptions.DEFAULT, List.of("id", "label", "who"), ',');

  @Test
  void jsonLabelIsRead() {
    final LabelRecord label =
        label(json, "{\"id\":\"e1\",\"key\":\"m\",\"ts\":5,\"label\":true,\"features\":[]}");
    assertEquals("e1", label.id());
    assertEquals("m", label.key());
    assertEquals(5, label.timestamp());
    assertEquals("true", label.label());
  }

  @Test
  void csvLabelIsReadAndUnknownColumnsAreSkipped() {
    final LabelRecord label = label(csv, "e1,UP,nobody");
    assertEquals("e1", label.id());
    assertEquals("", label.key());
    assertEquals("UP", label.label());
  }

  @Test
  void missingLabelIsRefused() {
    assertEquals("field 'label' is missing", reason(json, "{\"id\":1}"));
    assertEquals("field 'label' is missing", reason(csv, "1,,x"));
  }

  @Test
  void missingIdIsRefusedEvenWhereEventsDeriveIt() {
    final DecoderOptions deriving = DecoderOptions.DEFAULT.withDeriveId(true);
    assertEquals(
        "field 'id' is missing", reason(Records.jsonLabels(deriving), "{\"label\":\"UP\"}"));
  }

  @Test
  void columnsMustHoldTheLabel() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Records.csvLabels(DecoderOptions.DEFAULT, List.of("id"), ','));
  }
}
