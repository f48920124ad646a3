using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using RecServe.Cli.Terminal;
using RecServe.Cli.Updates;
using RecServe.Stream;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve quarantine show</c> and <c>release</c>: what was refused, and letting it in.</summary>
internal static class QuarantineVerb
{
    internal static Command Create() =>
        new Verb("quarantine", "Look at updates that were refused, or let them in.", "recserve quarantine show --file refused", "recserve quarantine release --kafka 127.0.0.1:9092 --reason norm_jump --by anna --to http://127.0.0.1:8080")
        {
            Show(),
            Release(),
        };

    private static Verb Show()
    {
        var choice = new Choice();
        var verb = choice.AddTo(new Verb("show", "List refused messages, a JSON object a line.", "recserve quarantine show --file refused --reason norm_jump"));
        verb.SetAction((parsed, cancellation) =>
        {
            foreach (QuarantinedMessage message in choice.Read(parsed, cancellation))
                parsed.InvocationConfiguration.Output.WriteLine(Describe(message));
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static Verb Release()
    {
        var choice = new Choice();
        var by = new Option<string>("--by") { Description = "Who lets them in; kept with the message.", HelpName = "NAME", Required = true };
        var to = new Option<string>("--to") { Description = "A server; where it has Kafka, every replica gets the rows.", HelpName = "URL", Required = true };
        var verb = choice.AddTo(new Verb("release", "Send refused rows and feature rows again, no more judged by norm, version and rate. What no table or model can take stays refused; rows that are not newer by now change nothing.",
            "recserve quarantine release --file refused --reason norm_jump --by anna --to http://127.0.0.1:8080"));
        verb.Add(by);
        verb.Add(to);
        verb.SetAction(async (parsed, cancellation) =>
        {
            using var client = new HttpClient { BaseAddress = Server(parsed.GetRequiredValue(to)) };
            int sent = 0, refused = 0;
            foreach (QuarantinedMessage message in choice.Read(parsed, cancellation))
            {
                string? trouble = await SendAsync(client, message, parsed.GetRequiredValue(by), cancellation).ConfigureAwait(false);
                sent += trouble is null ? 1 : 0;
                refused += trouble is null ? 0 : 1;
                if (trouble is not null)
                    await parsed.InvocationConfiguration.Error.WriteLineAsync($"{message.Topic} partition {message.Partition} offset {message.Offset} stays refused: {trouble}").ConfigureAwait(false);
            }

            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{sent} messages let in, {refused} stay refused").ConfigureAwait(false);
            return refused == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return verb;
    }

    private static Uri Server(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? server) && (server.Scheme is "http" or "https")
        ? server
        : throw new UsageException($"--to {url}: an address like http://127.0.0.1:8080 is expected");

    private static async Task<string?> SendAsync(HttpClient client, QuarantinedMessage message, string by, CancellationToken cancellation)
    {
        if (ReleaseRequest.Of(message, by, out string why) is not { } release)
            return why;
        using var content = new ByteArrayContent(release.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await client.PostAsync(new Uri(release.Path, UriKind.Relative), content, cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return null;
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
        return problem.RootElement.TryGetProperty("detail", out JsonElement detail) ? detail.GetString() : $"the server answered {(int)response.StatusCode}";
    }

    /// <summary>Who has sent a message, as far as it can be read.</summary>
    private static string? ProducerOf(QuarantinedMessage message) =>
        FeatureMessageCodec.Decode(message.Value.Span, new UpdateLimits(), out FeatureMessage? features) is null ? features!.Row.Producer
        : UpdateDecoder.Decode(message.Value, new UpdateLimits(), out RowUpdate? update) is null ? update!.Producer : null;

    private static string Describe(QuarantinedMessage message) => JsonSerializer.Serialize(new
    {
        topic = message.Topic,
        partition = message.Partition,
        offset = message.Offset,
        received = DateTimeOffset.FromUnixTimeMilliseconds(message.ReceivedTime),
        reason = RefusalReasons.Of(message.Reason),
        detail = message.Detail,
        rows = message.Refused.Select(row => new { index = row.Index, reason = RefusalReasons.Of(row.Reason) }),
        value = message.Value.Length <= 256 ? Convert.ToBase64String(message.Value.Span) : $"{message.Value.Length} bytes",
    });

    /// <summary>Which refused messages are meant.</summary>
    private sealed class Choice
    {
        private readonly Option<FileInfo?> _file = new("--file") { Description = "File that a server keeps them in (serve --quarantine-file).", HelpName = "FILE" };
        private readonly Option<string?> _kafka = new("--kafka") { Description = "Brokers that have their topic.", HelpName = "HOST:PORT" };
        private readonly Option<string> _topic = new("--topic") { Description = "The topic.", HelpName = "TOPIC", DefaultValueFactory = _ => new KafkaOptions { Servers = "" }.QuarantineTopic };
        private readonly Option<string?> _reason = new("--reason") { Description = $"Only those refused for it: {string.Join(", ", RefusalReasons.All)}.", HelpName = "REASON" };
        private readonly Option<string?> _producer = new("--producer") { Description = "Only those of this producer.", HelpName = "NAME" };

        public Verb AddTo(Verb verb)
        {
            foreach (Option option in (Option[])[_file, _kafka, _topic, _reason, _producer])
                verb.Add(option);
            return verb;
        }

        public IEnumerable<QuarantinedMessage> Read(ParseResult parsed, CancellationToken cancellation)
        {
            FileInfo? file = parsed.GetValue(_file);
            string? kafka = parsed.GetValue(_kafka), reason = parsed.GetValue(_reason), producer = parsed.GetValue(_producer);
            if (file is null == kafka is null)
                throw new UsageException("name one of --file and --kafka: where the refused messages are");
            if (reason is not null && RefusalReasons.Parse(reason) == RefusalReason.None)
                throw new UsageException($"--reason {reason} is none; there are {string.Join(", ", RefusalReasons.All)}");
            IEnumerable<QuarantinedMessage> all = file is not null ? FileQuarantine.Read(file.FullName) : QuarantineReader.Topic(kafka!, parsed.GetRequiredValue(_topic), cancellation);
            return all.Where(message => reason is null || RefusalReasons.Of(message.Reason) == reason || message.Refused.Any(row => RefusalReasons.Of(row.Reason) == reason))
                .Select(message => reason is null ? message : message with { Refused = [.. message.Refused.Where(row => RefusalReasons.Of(row.Reason) == reason)] })
                .Where(message => producer is null || ProducerOf(message) == producer);
        }
    }
}
