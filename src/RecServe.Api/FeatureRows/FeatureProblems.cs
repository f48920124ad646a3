using RecServe.Api.Problems;
using RecServe.FeatureStore;

namespace RecServe.Api.FeatureRows;

/// <summary>What is wrong with a feature row, as a problem.</summary>
internal static class FeatureProblems
{
    /// <summary>The problem of a fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="path">Path of the row, with the point behind it; empty for a body that is one row.</param>
    public static Problem Of(FeatureFault fault, string path)
    {
        ProblemType type = fault.Reason switch
        {
            FeatureFaultReason.TooLarge or FeatureFaultReason.ValueCount or FeatureFaultReason.ListTooLong => ProblemTypes.OverLimit,
            FeatureFaultReason.UnknownFeature or FeatureFaultReason.WrongType or FeatureFaultReason.BadValue => ProblemTypes.InvalidFeature,
            _ => ProblemTypes.InvalidRequest,
        };
        string member = path + fault.Member;
        return member.Length == 0 ? new Problem(type, fault.Detail) : Problem.At(type, member.TrimEnd('.'), fault.Detail);
    }
}
