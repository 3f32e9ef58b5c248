package io.sharedredis.starter;

/** A setting that the application cannot start with; the message never holds a password. */
public final class InvalidSettingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String action;

  /**
   * @param setting as it is written by whoever starts the application
   * @param value what it is now
   * @param why completes the sentence "setting 'value' …"
   * @param action what to do instead
   */
  public InvalidSettingException(String setting, Object value, String why, String action) {
    super(setting + ": the value '" + value + "' " + why + ".");
    this.action = action;
  }

  /** A setting whose parser already wrote a whole message without secrets. */
  public InvalidSettingException(IllegalArgumentException parsed) {
    super(String.valueOf(parsed.getMessage()));
    this.action = "Correct the setting named above and start again.";
  }

  /** What to do. */
  public String action() {
    return action;
  }

  @Override
  public String toString() {
    return getMessage() + " " + action;
  }
}
