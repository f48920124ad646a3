using System.Text.Json;

namespace RecServe.Api.Problems;

/// <summary>One occurrence of a problem: RFC 9457 problem details with the member <c>errors</c> (path of a member → what is wrong with it).</summary>
/// <param name="Type">What kind.</param>
/// <param name="Detail">One sentence about this occurrence.</param>
/// <param name="Member">Path of the member at fault, such as <c>items[3].id</c>; null where no member is.</param>
/// <param name="Reason">What is wrong with it.</param>
internal sealed record Problem(ProblemType Type, string Detail, string? Member = null, string? Reason = null)
{
    /// <summary>A problem of one member; the detail tells the same in one sentence.</summary>
    public static Problem At(ProblemType type, string member, string reason) => new(type, $"{member} {reason}", member, reason);

    /// <summary>Writes the problem document as one JSON object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, Type.Uri);
        json.WriteString("title"u8, Type.Title);
        json.WriteNumber("status"u8, Type.Status);
        json.WriteString("detail"u8, Detail);
        if (Member is not null)
        {
            json.WriteStartObject("errors"u8);
            json.WriteString(Member, Reason);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
