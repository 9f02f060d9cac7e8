package dev.braid.jobs.publish;

import dev.braid.connectors.ModelRecord;
import dev.braid.jobs.image.LearnerSamples;
import dev.braid.jobs.image.Sample;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.keyed.PartTable;
import java.util.ArrayList;
import java.util.List;

/** What is published of models. */
public final class PublishedSamples {
  private static final Moment MOMENT = new Moment("run", 7);

  private PublishedSamples() {}

  /** All of it. */
  public static List<Sample> all() {
    return List.of(
        new Sample("published-model", PublishedSamples::model, PublishedSamples::useModel),
        new Sample(
            "published-piece",
            () -> {
              final List<ModelRecord> pieces = new ArrayList<>();
              Pieces.cut(new ModelKey("k", 3, 1, 0), MOMENT, new byte[700], pieces::add);
              return pieces.get(0).value();
            },
            image -> {
              final Pieces.Piece piece = Pieces.Piece.read(image);
              return new double[] {piece.moment().checkpoint(), piece.all(), piece.bytes().length};
            }),
        new Sample(
            "published-end",
            () -> new CheckpointEnd(MOMENT, 1_000, 1, 2).record().value(),
            image -> {
              final CheckpointEnd end = CheckpointEnd.read(image);
              return new double[] {end.moment().checkpoint(), end.time(), end.subtask()};
            }));
  }

  /** Of a packed one, whose parts are in its table. */
  private static byte[] model() throws Exception {
    final Learner learner = LearnerSamples.learner("driftmoe-data");
    final ImageWriter saved = new ImageWriter();
    new PartTable().save(learner.parts(), null, 1 << 20, saved);
    final PartTable parts = PartTable.read(new ImageReader(saved.toByteArray()));
    return new ModelTable(MOMENT, 1_000, 300, 310, parts, List.of()).toBytes();
  }

  private static double[] useModel(final byte[] image) throws Exception {
    final ModelTable table = ModelTable.read(image);
    if (!table.parts().isPacked()) {
      return new double[] {table.version(), table.events()};
    }
    return LearnerSamples.use(LearnerImage.read(table.parts().load(null)));
  }
}
