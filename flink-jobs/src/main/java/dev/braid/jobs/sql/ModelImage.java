package dev.braid.jobs.sql;

import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.state.image.MalformedImageException;
import java.io.IOException;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file with the image of a learner, which may be replaced by another at any time. */
final class ModelImage implements ModelSource {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ModelImage.class);

  private final String place;
  private final long reloadMillis;

  private transient long modified;
  private transient long length;
  private transient long nextLook;

  /** The last warning of an image that cannot be read, which is given once. */
  private transient String warned;

  /**
   * @param place path or URI
   * @param reloadMillis time between two looks, 0 for never again
   */
  ModelImage(final String place, final long reloadMillis) {
    this.place = place;
    this.reloadMillis = reloadMillis;
  }

  @Override
  public Learner open() throws IOException {
    nextLook = System.currentTimeMillis() + reloadMillis;
    try {
      return read(new Path(place));
    } catch (final MalformedImageException damaged) {
      throw new IOException(
          "'" + place + "' is not the image of a learner: " + damaged.getMessage(), damaged);
    } catch (final IOException missing) {
      throw new IOException(
          "The image '" + place + "' cannot be read: " + missing.getMessage(), missing);
    }
  }

  @Override
  public Learner another() {
    if (reloadMillis == 0 || System.currentTimeMillis() < nextLook) {
      return null;
    }
    nextLook = System.currentTimeMillis() + reloadMillis;
    try {
      final Path path = new Path(place);
      final FileStatus status = path.getFileSystem().getFileStatus(path);
      if (status.getModificationTime() == modified && status.getLen() == length) {
        return null;
      }
      final Learner learner = read(path);
      LOG.info("The model goes on with the new image in {}.", place);
      warned = null;
      return learner;
    } catch (final IOException | MalformedImageException unreadable) {
      // It may be half written, or be gone for a moment.
      keep(unreadable.getMessage());
      return null;
    }
  }

  @Override
  public void close() {
    // It is open only while it is read.
  }

  @Override
  public void keep(final String reason) {
    if (!reason.equals(warned)) {
      warned = reason;
      LOG.warn("The model goes on as it was: {}: {}", place, reason);
    }
  }

  private Learner read(final Path path) throws IOException {
    final FileSystem files = path.getFileSystem();
    final FileStatus status = files.getFileStatus(path);
    final Learner learner;
    try (FSDataInputStream in = files.open(path)) {
      learner = LearnerImage.fromBytes(in.readAllBytes());
    }
    modified = status.getModificationTime();
    length = status.getLen();
    return learner;
  }
}
