package dev.braid.experts.dense;

/** A device is not there, has no room, or failed; the message says which and what to do. */
final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeviceException(final String message) {
    super(message);
  }

  DeviceException(final String message, final Throwable cause) {
    super(message, cause);
  }
}
