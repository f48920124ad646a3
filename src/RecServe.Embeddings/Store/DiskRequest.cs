using FASTER.core;

namespace RecServe.Embeddings;

/// <summary>A read or a write of a segment that waits for a disk thread.</summary>
internal readonly record struct DiskRequest(
    LogDevice Device, bool IsWrite, int Segment, long Offset, nint Memory, uint Length, DeviceIOCompletionCallback Done, object Context);
