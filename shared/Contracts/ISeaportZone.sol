// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

import { IERC165 } from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @notice An item that leaves the offerer in a fill. Amounts are those of this fill, in the token's smallest unit.
struct SpentItem {
    uint8 itemType; // 0 native, 1 ERC-20, 2 ERC-721, 3 ERC-1155; criteria are resolved before a zone sees them
    address token;
    uint256 identifier;
    uint256 amount;
}

/// @notice An item that a recipient receives in a fill.
struct ReceivedItem {
    uint8 itemType;
    address token;
    uint256 identifier;
    uint256 amount;
    address payable recipient;
}

/// @notice What Seaport tells a zone about a fill.
struct ZoneParameters {
    bytes32 orderHash;
    address fulfiller; // the account that called Seaport
    address offerer;
    SpentItem[] offer;
    ReceivedItem[] consideration;
    bytes extraData;
    bytes32[] orderHashes;
    uint256 startTime;
    uint256 endTime;
    bytes32 zoneHash;
}

/// @notice A Seaport Improvement Proposal that a zone conforms to, with what that proposal says of its data.
struct Schema {
    uint256 id;
    bytes metadata;
}

/// @title What Seaport 1.6 asks of a zone
/// @dev Source: github.com/ProjectOpenSea/seaport-types 1.6, ZoneInterface and ConsiderationStructs. Enumerations
///      are uint8 in the ABI, so the selectors are Seaport's: 0x01e4d72a, 0x17b1f942, 0x2e778efc.
interface ISeaportZone is IERC165 {
    /// @notice Called before any token of the fill moves.
    /// @return The function's own selector; anything else refuses the fill.
    function authorizeOrder(ZoneParameters calldata zoneParameters) external returns (bytes4);

    /// @notice Called after all tokens of the fill have moved.
    /// @return The function's own selector; anything else refuses the fill.
    function validateOrder(ZoneParameters calldata zoneParameters) external returns (bytes4);

    /// @notice The zone's name and the proposals it conforms to (SIP-5).
    function getSeaportMetadata() external view returns (string memory name, Schema[] memory schemas);

    /// @inheritdoc IERC165
    /// @dev Declared again, as Seaport does, so that the interface's id is Seaport's 0x39dd6933.
    function supportsInterface(bytes4 interfaceId) external view override returns (bool);
}
