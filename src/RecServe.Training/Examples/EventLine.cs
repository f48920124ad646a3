using RecServe.Features;

namespace RecServe.Training.Examples;

/// <summary>A line that is counted.</summary>
/// <param name="Line">Its place among the file's records, from 0.</param>
/// <param name="Event">What it says happened.</param>
/// <param name="Ranking">Hash of the ranking that showed the item; 0 where the line names none.</param>
/// <param name="Labels">Of a sample: one bit a label that is 1; of an event 0.</param>
internal readonly record struct EventLine(int Line, InteractionEvent Event, ulong Ranking, uint Labels);
