package dev.braid.experts.moe.device;

/** A device is not there, has no room, or failed; the message says which and what to do. */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DeviceException(final String message) {
    super(message);
  }

  public DeviceException(final String message, final Throwable cause) {
    super(message, cause);
  }
}
