package io.sharedredis.hub.protocol;

/** The peer sent something that is no message of the protocol; the connection cannot go on. */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String dotNetName;

  public ProtocolException(String message) {
    this("InvalidDataException", message);
  }

  public ProtocolException(String message, Throwable cause) {
    super(message, cause);
    this.dotNetName = "InvalidDataException";
  }

  ProtocolException(String dotNetName, String message) {
    super(message);
    this.dotNetName = dotNetName;
  }

  /** What the fault is called in ASP.NET Core's texts, on which clients match. */
  public String dotNetName() {
    return dotNetName;
  }
}
