package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProtector;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ticket read}: what an ASP.NET Core authentication cookie says, also an expired one. */
@Command(
    name = "read",
    description = {
      "Show the ticket in an ASP.NET Core authentication cookie: its value, a Cookie header, or"
          + " Set-Cookie lines on standard input. The ticket may have expired."
    })
final class TicketRead implements Callable<Integer> {
  @Mixin CommonOptions common = new CommonOptions();
  @Mixin RingOptions ring = new RingOptions();

  @Option(
      names = "--app",
      paramLabel = "<name>",
      description = "Application name (SetApplicationName). Left out or empty: none.")
  @Nullable String app;

  @Option(
      names = "--scheme",
      required = true,
      paramLabel = "<scheme>",
      description = "Authentication scheme: Cookies, Identity.Application, …")
  String scheme = "";

  @Option(
      names = "--cookie-name",
      paramLabel = "<name>",
      description = "Name of the cookie in a header. Default: .AspNetCore.<scheme>")
  @Nullable String cookieName;

  @Mixin ValueOptions values = new ValueOptions();

  private final Surroundings io;

  TicketRead(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    PastedCookie cookie =
        new PastedCookie(cookieName == null ? ".AspNetCore." + scheme : cookieName);
    try (Ring opened = ring.open(io, Missing.IS_WRONG);
        DataProtection copy = opened.copy(PurposeOptions.named(ring.forCopy(io), app).build())) {
      TicketProtector protector = TicketProtector.ofCookies(copy, scheme);
      return new Values(io, values.lines, common.json)
          .answer(value -> answer(protector.read(cookie.value(Values.text(value)))));
    }
  }

  private Answer answer(Ticket ticket) {
    Map<String, @Nullable Object> json = TicketJson.of(ticket);
    ticket
        .properties()
        .expires()
        .filter(end -> end.isBefore(io.clock().instant()))
        .ifPresent(end -> io.say("note: the ticket expired at " + end));
    return new Answer(values.lines ? Json.line(json) : Json.indented(json), json);
  }
}
