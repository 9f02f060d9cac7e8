package dev.braid.router.added;

import dev.braid.drift.Adwin;
import dev.braid.drift.DetectorKind;
import dev.braid.drift.DriftDetector;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;

/** A detector that believes an {@link Adwin} alone where the change is a large one. */
public final class Cautious implements DriftDetector {
  private static final double LARGE = 0.1;

  private final Adwin adwin;
  private long detections;

  Cautious(final Adwin adwin) {
    this.adwin = adwin;
  }

  @Override
  public DetectorKind kind() {
    return new Kind();
  }

  @Override
  public String spec() {
    return kind().name();
  }

  @Override
  public boolean add(final double value) {
    final double before = adwin.estimate();
    final boolean large = adwin.add(value) && Math.abs(adwin.estimate() - before) > LARGE;
    detections += large ? 1 : 0;
    return large;
  }

  @Override
  public double estimate() {
    return adwin.estimate();
  }

  @Override
  public long width() {
    return adwin.width();
  }

  @Override
  public long detections() {
    return detections;
  }

  @Override
  public DriftDetector fresh() {
    return new Cautious(adwin.fresh());
  }

  @Override
  public long sizeBytes() {
    return 32 + adwin.sizeBytes();
  }

  @Override
  public void write(final ImageWriter out) {
    adwin.write(out);
    out.putLong(detections);
  }

  private static Cautious read(final ImageReader in) {
    final Cautious detector = new Cautious(Adwin.read(in));
    detector.detections = in.getCount("alarms");
    return detector;
  }

  /** Its entry in the registry. */
  public static final class Kind extends DetectorKind {
    public Kind() {
      super(
          "cautious",
          "ADWIN, where the change is a large one.",
          List.of(),
          options -> new Cautious(new Adwin()),
          Cautious::read);
    }
  }
}
