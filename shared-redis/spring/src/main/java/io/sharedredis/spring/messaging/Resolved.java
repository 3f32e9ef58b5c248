package io.sharedredis.spring.messaging;

import java.util.Map;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;

/**
 * Tells what Spring has turned from a user's destination into one session's: such a destination
 * exists on one replica alone.
 */
final class Resolved {

  private Resolved() {}

  static boolean isForOneSession(Map<String, Object> headers) {
    return NativeMessageHeaderAccessor.getFirstNativeHeader(
            SimpMessageHeaderAccessor.ORIGINAL_DESTINATION, headers)
        != null;
  }
}
