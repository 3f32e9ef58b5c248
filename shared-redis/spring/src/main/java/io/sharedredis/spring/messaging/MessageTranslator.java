package io.sharedredis.spring.messaging;

import io.sharedredis.lettuce.messaging.BrokerMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;

/**
 * Takes from a Spring message what may travel, and makes one again. Of Spring's headers these
 * travel: destination, content type, and the native ones, which are text and what clients see. Of
 * these in turn not those that belong to one frame of one connection.
 */
final class MessageTranslator {

  /** Headers of STOMP frames that mean something to one connection alone, and Spring's own. */
  private static final Set<String> OF_ONE_FRAME =
      Set.of(
          "accept-version",
          "ack",
          "content-length",
          "content-type",
          "destination",
          "heart-beat",
          "host",
          "id",
          "login",
          "message-id",
          "passcode",
          "receipt",
          "receipt-id",
          "selector",
          "server",
          "session",
          "subscription",
          "transaction",
          "user-name",
          "version",
          SimpMessageHeaderAccessor.ORIGINAL_DESTINATION.toLowerCase(Locale.ROOT));

  private MessageTranslator() {}

  static BrokerMessage outgoing(
      Message<?> message, String destination, @Nullable String session, byte[] payload) {
    Object contentType = message.getHeaders().get(MessageHeaders.CONTENT_TYPE);
    return new BrokerMessage(
        destination,
        session,
        contentType == null ? null : contentType.toString(),
        travelling(message.getHeaders()),
        payload);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, List<String>> travelling(MessageHeaders headers) {
    Object natives = headers.get(NativeMessageHeaderAccessor.NATIVE_HEADERS);
    if (natives == null) {
      return Map.of();
    }
    Map<String, List<String>> travelling = new LinkedHashMap<>();
    ((Map<String, List<String>>) natives)
        .forEach(
            (name, values) -> {
              if (!values.isEmpty() && !OF_ONE_FRAME.contains(name.toLowerCase(Locale.ROOT))) {
                travelling.put(name, values);
              }
            });
    return travelling;
  }

  /**
   * @throws InvalidMimeTypeException when the content type is none
   */
  static Message<byte[]> incoming(BrokerMessage message) {
    SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.create(SimpMessageType.MESSAGE);
    headers.setDestination(message.destination());
    headers.setSessionId(message.session());
    if (message.contentType() != null) {
      headers.setContentType(MimeType.valueOf(message.contentType()));
    }
    message
        .headers()
        .forEach(
            (name, values) -> {
              if (!OF_ONE_FRAME.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> headers.addNativeHeader(name, value));
              }
            });
    return MessageBuilder.createMessage(message.payload(), headers.getMessageHeaders());
  }
}
